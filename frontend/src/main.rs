//! Starts the browser application; everything else is in the library.

fn main() {
    nq57_frontend::start();
}
