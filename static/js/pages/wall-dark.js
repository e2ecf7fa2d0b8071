/** A wall whose link has ended: dark, and asking now and then whether it has come back. */

import * as wallApi from '../wall/api.js';

const AGAIN_MS = 30_000;

setInterval(() => {
  wallApi.catalog().then(() => location.reload(), () => {});
}, AGAIN_MS);
