// A check or keep that may take longer than a request: asked for, then asked how it ended, until it has.
(() => {
  const { dashboard } = window;
  const HEADERS = { "X-Requested-With": "dashboard", "Content-Type": "application/json", Accept: "application/json" };
  const PAUSE = 1; // s between two questions, where the server does not say
  const PATIENCE = 120_000; // ms for a server that does not answer, as when it is restarted
  const AWAY = [502, 503, 504]; // what a proxy says of a server that does not answer

  const UNREACHED = "The server cannot be reached. Check the connection and try again.";
  const UNKNOWN =
    "The server cannot be reached, so it is not known yet whether the files were imported. Reload this page later: it will say.";

  const pause = (/** @type {number} */ seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

  /**
   * The answer to `path` ("check", "keep" or "outcome"), null where it is no longer `wanted`. `read` makes an answer of
   * a status and a text, or throws; `say` tells the reader what is waited for; `Refused` is thrown with a sentence. A
   * keep is safe to be asked for again: the server keeps an upload once.
   * @type {Dashboard["importJobs"]["run"]}
   */
  async function run(path, body, { Refused, read, wanted, say }) {
    let question = path;
    let reached = path === "check" ? 0 : Date.now();
    let again = path === "check";
    while (wanted()) {
      const response = await post(question, body);
      if (!wanted()) return null;
      const retry = Number(response?.headers.get("Retry-After"));
      if (!response || (AWAY.includes(response.status) && !retry)) {
        if (Date.now() - reached > PATIENCE) throw new Refused(path === "check" ? UNREACHED : UNKNOWN, { away: true });
        say("The server does not answer; asking again…");
        question = path;
        await pause(PAUSE);
        continue;
      }
      reached = Date.now();
      if (response.status === 503) {
        say("Others’ files are being read; yours are next…");
        await pause(retry);
      } else if (response.status === 202) {
        say("");
        question = "outcome";
        await pause(retry || PAUSE);
      } else {
        const answer = read(response.type === "opaqueredirect" ? 401 : response.status, await response.text());
        if (!answer.stopped || !again) return answer;
        again = false; // the server was restarted: nothing is lost but time
        question = path;
      }
    }
    return null;
  }

  /** The response; null where there is none. @param {string} path @param {object} body */
  async function post(path, body) {
    const address = `${dashboard.prefix}import/${path}`;
    try {
      return await fetch(address, { method: "POST", headers: HEADERS, body: JSON.stringify(body), redirect: "manual" });
    } catch {
      return null;
    }
  }

  dashboard.importJobs = { run };
})();
