// Sends the files of the Import page one by one, each with its SHA-256, so that the server can tell whether it arrived as
// it is.
(() => {
  const { dashboard } = window;
  const { make } = dashboard;
  const PATIENCE = 60_000; // ms without a byte taken
  const LINE = 120_000; // ms of being told that others come first: slow ones are let go within a minute or so
  /** @typedef {{ file: File, row: HTMLElement, sent: boolean }} Entry */
  /** @typedef {Pick<ImportHelp, "Refused" | "read"> & { progress: (part: number) => void, signal: AbortSignal }} Sending */

  /**
   * The files that are to be imported, as rows of `list`. `begin` says that something new is done and gives whether it is
   * still wanted; `taken` is told of each answer, `whole` of the end, `failed` of a fault and what can be done about it.
   * @type {Dashboard["importSend"]["queue"]}
   */
  function queue({ list, most, upload, begin, taken, whole, failed, say, read, tooLarge, Refused }) {
    /** @type {Entry[]} */
    let files = [];
    /** @type {AbortController | null} */
    let stop = null; // stops what is being sent

    /** @param {File[]} more */
    function add(more) {
      for (const file of more) {
        const name = make("span", { class: "import-name", text: file.name, title: file.name });
        const row = make("li", {}, name, make("span", { class: "import-size", text: size(file.size) }));
        list.append(row);
        files.push({ file, row, sent: false });
      }
      return deliver();
    }

    /** Send what is not yet sent. */
    async function deliver() {
      if (stop) return; // it takes these along
      const wanted = begin();
      const mine = (stop = new AbortController());
      /** @type {Entry | undefined} */
      let entry;
      try {
        while ((entry = files.find((each) => !each.sent))) await one(entry, mine.signal);
      } catch (problem) {
        if (entry && wanted()) halt(problem, entry);
        return;
      } finally {
        if (stop === mine) stop = null;
      }
      if (wanted()) await whole();
    }

    /** @param {Entry} entry @param {AbortSignal} signal */
    async function one(entry, signal) {
      const { file, row } = entry;
      const bar = make("progress", { max: "1", value: "0", "aria-label": `Sending ${file.name}` });
      row.classList.remove("failed");
      row.append(bar);
      try {
        const others = files.reduce((sum, each) => sum + (each.sent ? each.file.size : 0), 0);
        if (file.size + others > most) {
          throw new Refused(`“${file.name}” is too large${others ? " beside the other files" : ""}. ${tooLarge()}`);
        }
        const answer = await send(file, upload(), { Refused, read, say, progress: (part) => (bar.value = part), signal });
        if (signal.aborted) return;
        taken(answer);
        entry.sent = true;
      } catch (problem) {
        row.classList.add("failed");
        throw problem;
      } finally {
        bar.remove();
      }
    }

    /** Say why a file could not be sent, and offer what can be done. @param {unknown} problem @param {Entry} entry */
    function halt(problem, entry) {
      /** @type {ImportAction} */
      const without = ["Go on without it", () => (drop(entry), deliver())];
      if (!(problem instanceof Refused) || problem.again) {
        return failed(problem, ["Try again", deliver], ...(files.length > 1 ? [without] : []));
      }
      if (files.length > 1) return failed(problem, without);
      drop(entry);
      failed(problem);
    }

    /** @param {Entry} entry */
    function drop(entry) {
      files = files.filter((each) => each !== entry);
      entry.row.remove();
    }

    /** Start with none, and stop what is on its way. */
    function clear() {
      stop?.abort();
      stop = null;
      files = [];
      list.replaceChildren();
    }

    /** The server has none of them any more; gives whether they can be sent again. */
    function forgotten() {
      for (const each of files) each.sent = false;
      return files.length > 0;
    }

    return { add, deliver, clear, forgotten, sending: () => stop !== null };
  }

  /** @param {number} bytes */
  const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

  /**
   * Sends `file` into `upload` ("": a new one) and gives the server's answer. `read` makes an answer of a status, a text
   * and after how many seconds to ask again, or throws; `say` tells the reader what is being done; `progress` takes the
   * part that is sent; `Refused` is thrown with a sentence, its `again` where the same may be sent again.
   * @param {File} file @param {string} upload @param {Sending & { say: (sentence: string) => void }} how
   */
  async function send(file, upload, { Refused, read, say, progress, signal }) {
    say(`Preparing ${file.name}…`);
    const digest = await digestOf(file, Refused, signal);
    for (const began = Date.now(); ; ) {
      say(`Sending ${file.name}…`);
      try {
        return await post(file, upload, digest, { Refused, read, progress, signal });
      } catch (problem) {
        if (!(problem instanceof Refused) || problem.status !== 503 || !problem.after || Date.now() - began > LINE) throw problem;
        say(`Others’ files are on their way; ${file.name} is next…`);
        await pause(problem.after, signal);
      }
    }
  }

  /** In hexadecimal digits; "" where this browser lets no worker work it out.
      @param {File} file @param {Refusing} Refused @param {AbortSignal} signal @returns {Promise<string>} */
  function digestOf(file, Refused, signal) {
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
        if (data.unreadable) end(reject, new Refused(unreadable(file)));
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
      @param {File} file @param {string} upload @param {string} digest @param {Sending} how @returns {Promise<{ upload: string }>} */
  function post(file, upload, digest, { Refused, read, progress, signal }) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${dashboard.prefix}import/file${upload ? `?upload=${encodeURIComponent(upload)}` : ""}`);
      request.setRequestHeader("X-Requested-With", "dashboard");
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
      if (digest) request.setRequestHeader("X-File-SHA256", digest);
      request.setRequestHeader("Content-Type", "application/octet-stream");

      let silence = 0;
      const unsent = `“${file.name}” could not be sent. Check the connection and try again.`;
      const lost = () => reject(new Refused(unsent, { again: true }));
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

  dashboard.importSend = { queue };
})();
