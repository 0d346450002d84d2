// Sends a file of the Import page with its SHA-256, so that the server can tell whether it arrived as it is.
(() => {
  const { dashboard } = window;
  const PATIENCE = 60_000; // ms without a byte taken
  const LINE = 120_000; // ms of being told that others come first: slow ones are let go within a minute or so

  /**
   * Sends `file` into `upload` ("": a new one) and gives the server's answer. `read` makes an answer of a status, a text
   * and after how many seconds to ask again, or throws; `say` tells the reader what is being done; `progress` takes the
   * part that is sent; `refuse` makes what is thrown with a sentence, `again` where the same may be sent again.
   * @type {Dashboard["importSend"]}
   */
  async function send(file, upload, how) {
    const { say, signal } = how;
    say(`Preparing ${file.name}…`);
    const digest = await digestOf(file, how);
    for (const began = Date.now(); ; ) {
      say(`Sending ${file.name}…`);
      try {
        return await post(file, upload, digest, how);
      } catch (/** @type {any} */ problem) {
        const { status, after } = problem.refusal ?? {};
        if (status !== 503 || !after || Date.now() - began > LINE) throw problem;
        say(`Others’ files are on their way; ${file.name} is next…`);
        await pause(after, signal);
      }
    }
  }

  /** In hexadecimal digits; "" where this browser lets no worker work it out.
      @param {File} file @param {ImportSending} how @returns {Promise<string>} */
  function digestOf(file, { refuse, signal }) {
    return new Promise((resolve, reject) => {
      /** @type {Worker} */
      let worker;
      try {
        worker = new Worker(dashboard.parts["import-digest"].js ?? "");
      } catch {
        return resolve("");
      }
      /** @type {<T>(act: (value: T) => void, value: T) => void} */
      const end = (act, value) => (worker.terminate(), act(value));
      worker.addEventListener("message", ({ data }) => {
        if (data.unreadable) end(reject, refuse(unreadable(file)));
        else end(resolve, data.digest);
      });
      worker.addEventListener("error", (event) => (event.preventDefault(), end(resolve, "")));
      signal.addEventListener("abort", () => end(reject, signal.reason));
      worker.postMessage({ file, library: dashboard.parts["sha256.min"].js });
    });
  }

  /** @param {File} file */
  const unreadable = (file) =>
    `“${file.name}” cannot be read: it is a folder, or was changed or moved since it was chosen. Choose it again.`;

  /** One request; fetch could not tell how far it is.
      @param {File} file @param {string} upload @param {string} digest @param {ImportSending} how @returns {Promise<{ upload: string }>} */
  function post(file, upload, digest, { refuse, read, progress, signal }) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${dashboard.prefix}import/file${upload ? `?upload=${encodeURIComponent(upload)}` : ""}`);
      request.setRequestHeader("X-Requested-With", "dashboard");
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
      if (digest) request.setRequestHeader("X-File-SHA256", digest);
      request.setRequestHeader("Content-Type", "application/octet-stream");

      let silence = 0;
      const unsent = `“${file.name}” could not be sent. Check the connection and try again.`;
      const lost = () => reject(refuse(unsent, { again: true }));
      const listen = () => {
        clearTimeout(silence);
        silence = setTimeout(() => (lost(), request.abort()), PATIENCE);
      };
      request.upload.addEventListener("progress", (event) => {
        listen();
        progress(event.total ? event.loaded / event.total : 1);
      });
      request.addEventListener("load", () => {
        try {
          resolve(read(request.status, request.responseText, Number(request.getResponseHeader("Retry-After"))));
        } catch (problem) {
          reject(problem);
        }
      });
      request.addEventListener("error", lost);
      request.addEventListener("loadend", () => clearTimeout(silence));
      signal.addEventListener("abort", () => (request.abort(), reject(signal.reason)));
      listen();
      request.send(file);
    });
  }

  /** @param {number} seconds @param {AbortSignal} signal */
  const pause = (seconds, signal) =>
    new Promise((resolve, reject) => {
      setTimeout(resolve, seconds * 1000);
      signal.addEventListener("abort", () => reject(signal.reason));
    });

  dashboard.importSend = send;
})();
