// How large pictures stand in a conversation: known before they have come, so that nothing moves when they do.

const WIDEST = 300;
const TALLEST = 320;
/** Of a panorama or a long screenshot the middle is shown. */
const RATIOS = { least: 0.5, most: 2.4 };
const IN_GRID = 9;

export interface Box {
  width: number;
  ratio: number;
}

/** The box of one picture alone. */
export function boxOf(width: number, height: number): Box {
  const ratio = Math.min(RATIOS.most, Math.max(RATIOS.least, width / height));
  const shown = Math.min(WIDEST, TALLEST * ratio);
  // A small picture is not blown up, but stays large enough for a finger.
  return { width: Math.round(Math.max(Math.min(shown, Math.max(width, 96)), 64)), ratio };
}

export interface Grid {
  columns: number;
  /** How many are shown; the last of them says how many more there are. */
  shown: number;
  more: number;
  /** Columns that the first takes, so that no row has a hole. */
  span: number;
}

/** Several together. */
export function gridOf(count: number): Grid {
  const columns = count === 2 || count === 4 ? 2 : 3;
  const shown = Math.min(count, IN_GRID);
  const left = shown % columns;
  return { columns, shown, more: count > IN_GRID ? count - IN_GRID + 1 : 0, span: left === 0 ? 1 : 1 + columns - left };
}
