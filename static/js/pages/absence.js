/** The page of absence: its board does the rest. */

import '../elements/absence-desk.js';
import { beginBoard } from '../panels/board.js';

void beginBoard('absence-desk');
