/** A worker of its own: looks for an answer whose digest begins with enough zero bits, and posts it. */

import { sha256, zeroBits } from './sha256.js';

onmessage = ({ data: { id, bits } }) => {
  for (let n = 0; ; n += 1) {
    if (zeroBits(sha256(`${id}:${n}`)) >= bits) {
      postMessage(String(n));
      return;
    }
  }
};
