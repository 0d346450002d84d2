// A worker that works out the SHA-256 of a file (FIPS 180-4) block by block, so that a large file is never in memory.
// The browser's own (crypto.subtle) wants the whole file at once, and there is none on plain http elsewhere than localhost.
(() => {
  const STEP = 1 << 22; // bytes read at a time; a multiple of 64
  const FIRST = [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ];
  // prettier-ignore
  const ADDED = new Int32Array([
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  ]);

  const state = Int32Array.from(FIRST);
  const words = new Int32Array(64);

  /** Takes the 64 bytes at `at` into the state. @param {Uint8Array} bytes @param {number} at */
  function take(bytes, at) {
    for (let i = 0; i < 16; i += 1, at += 4) {
      words[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    for (let i = 16; i < 64; i += 1) {
      const x = words[i - 15];
      const y = words[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + s1 + ((e & f) ^ (~e & g)) + ADDED[i] + words[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] += value));
  }

  /** The last bytes of a file of `size` bytes, with what the standard puts behind them. @param {Uint8Array} rest @param {number} size */
  function ended(rest, size) {
    const bytes = new Uint8Array(rest.length < 56 ? 64 : 128);
    bytes.set(rest);
    bytes[rest.length] = 0x80;
    const bits = new DataView(bytes.buffer, bytes.length - 8);
    bits.setUint32(0, Math.floor(size / 2 ** 29));
    bits.setUint32(4, (size * 8) % 2 ** 32);
    return bytes;
  }

  /** @param {File} file */
  async function digest(file) {
    let rest = new Uint8Array(0);
    for (let from = 0; from < file.size; from += STEP) {
      const bytes = new Uint8Array(await file.slice(from, from + STEP).arrayBuffer());
      const whole = bytes.length - (bytes.length % 64);
      for (let at = 0; at < whole; at += 64) take(bytes, at);
      rest = bytes.slice(whole);
    }
    const last = ended(rest, file.size);
    for (let at = 0; at < last.length; at += 64) take(last, at);
    return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  addEventListener("message", ({ data: file }) => {
    state.set(FIRST);
    digest(file).then(
      (found) => postMessage({ digest: found }),
      () => postMessage({ unreadable: true }),
    );
  });
})();
