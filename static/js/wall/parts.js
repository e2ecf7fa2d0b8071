/** The panels of a wall, by the questions that fill them; and its other elements, each known from here on. */

import '../elements/wall-attention.js';
import '../elements/wall-crumb.js';
import '../elements/wall-drill.js';
import '../elements/wall-drill-start.js';
import '../elements/wall-kinds.js';
import '../elements/wall-latest.js';
import '../elements/wall-legend.js';
import '../elements/wall-numbers.js';
import '../elements/wall-playback.js';
import '../elements/wall-range.js';
import '../elements/wall-tour.js';
import '../elements/wall-tour-list.js';
import '../elements/wall-versus.js';
import '../elements/wall-warnings.js';
import '../elements/wall-whistles.js';

/** @param {string} tag @returns {any} */
export const the = (tag) => document.querySelector(tag);

/** @returns {Record<import('./feed.js').Id, any>} */
export const panels = () => ({ numbers: the('wall-numbers'), warnings: the('wall-warnings'), kinds: the('wall-kinds'), attention: the('wall-attention'), whistles: the('wall-whistles'), latest: the('wall-latest') });
