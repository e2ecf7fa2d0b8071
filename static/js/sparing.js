/** Work that many things ask for, done no oftener than is good for the server. */

/**
 * Does `work` at once, but never within `ms` of the last time nor while it is still under way; what
 * was asked for meanwhile is done once, afterwards.
 * @param {() => unknown} work @param {number} ms @param {number} [delay] what is asked for takes so long to be there
 */
export function sparing(work, ms, delay = 0) {
  let waiting = false;
  let last = -Infinity;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  let busy = false;

  async function run() {
    timer = undefined;
    waiting = false;
    busy = true;
    last = performance.now();
    try {
      await work();
    } finally {
      busy = false;
      if (waiting) plan();
    }
  }

  function plan() {
    timer ??= setTimeout(() => void run(), Math.max(delay, last + ms - performance.now()));
  }

  return () => {
    if (busy) waiting = true;
    else plan();
  };
}
