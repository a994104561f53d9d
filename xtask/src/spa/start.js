import init from "__BINDGEN__";

const bar = document.getElementById("boot-progress");

// The page's first words are on the screen; a page in the background is never drawn.
const drawn = new Promise((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(resolve));
  setTimeout(resolve, 200);
});

async function load() {
  const response = await fetch("__WASM__");
  if (!response.ok || !response.body) throw new Error(`the program could not be fetched: ${response.status}`);
  let received = 0;
  if (bar) bar.max = __LENGTH__;
  const counted = response.body.pipeThrough(new TransformStream({
    transform(chunk, controller) {
      received += chunk.byteLength;
      if (bar) bar.value = received;
      controller.enqueue(chunk);
    },
  }));
  await drawn;
  await init({ module_or_path: new Response(counted, { headers: { "Content-Type": "application/wasm" } }) });
}

load().catch((error) => {
  document.documentElement.dataset.boot = "failed";
  throw error;
});
