// A worker that works out the SHA-256 of a file, block by block, so that a large file is never in memory. The browser's own
// (crypto.subtle) wants the whole file at once, and there is none on plain http elsewhere than localhost.
(() => {
  const STEP = 1 << 22; // bytes read at a time

  /** @param {File} file */
  async function digestOf(file) {
    const digest = sha256.create();
    for (let from = 0; from < file.size; from += STEP) digest.update(await file.slice(from, from + STEP).arrayBuffer());
    return digest.hex();
  }

  addEventListener("message", ({ data: { file, library } }) => {
    importScripts(library);
    digestOf(file).then((digest) => postMessage({ digest }), () => postMessage({ unreadable: true }));
  });
})();
