// Long lists of figures as they travel (components/packed.py): digits to a base of 91, from "#" on, without the backslash.
(() => {
  const { dashboard } = window;
  const BASE = 91;

  /** @param {string} text @param {number} place */
  function digit(text, place) {
    const code = text.charCodeAt(place) - 35;
    return code > 57 ? code - 1 : code;
  }

  /** The figures of "lowest:decimals:width:digits", null where there is none; a list is left as it is.
      @type {Dashboard["packed"]["figures"]} */
  function figures(packed) {
    if (typeof packed !== "string") return packed;
    const [head, lowest, decimals, width] = /** @type {RegExpExecArray} */ (/^(-?\d+):(\d+):(\d+):/.exec(packed));
    const count = (packed.length - head.length) / Number(width);
    const scale = 10 ** Number(decimals);
    return Array.from({ length: count }, (_, place) => {
      let number = 0;
      for (let at = head.length + place; at < packed.length; at += count) number = number * BASE + digit(packed, at);
      return number ? (Number(lowest) + number - 1) / scale : null;
    });
  }

  /** Heights of a small line's points, null where there is none. @type {Dashboard["packed"]["course"]} */
  const course = (packed) => Array.from({ length: packed.length }, (_, place) => digit(packed, place) || null);

  dashboard.packed = { figures, course };
})();
