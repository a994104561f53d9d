"""Imports every module of the generated package: one that cannot be imported ends the run."""

import importlib
import pkgutil
import sys

package = importlib.import_module(sys.argv[1])
names = [module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
for name in names:
    importlib.import_module(name)
assert len(names) > 100, f"only {len(names)} modules: something was not generated"
print(f"{len(names)} modules imported")
