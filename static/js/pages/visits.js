/** The page of visits: its board does the rest. */

import '../elements/visit-rounds.js';
import { beginBoard } from '../panels/board.js';

void beginBoard('visit-rounds');
