/** The page of desks: its board does the rest. */

import '../elements/desk-rota.js';
import { beginBoard } from '../panels/board.js';

void beginBoard('desk-rota');
