// The table, as `load` prints it: each figure beside its first and its goal.

export interface Row {
  work: string;
  database: 'chromium';
  figure: number;
  unit: string;
  floor: null;
  first: number | null;
  goal: number | null;
  better: 'higher' | 'lower';
  met: 'goal' | 'first' | 'missed' | 'none';
}

/** What must be reached: first, then goal. */
type Budget = [number, number];

/** A figure where less is better. */
export const cost = (work: string, figure: number, unit: string, budget?: Budget) => row(work, figure, unit, 'lower', budget);
/** A figure where more is better. */
export const score = (work: string, figure: number, unit: string, budget?: Budget) => row(work, figure, unit, 'higher', budget);

function row(work: string, figure: number, unit: string, better: Row['better'], budget?: Budget): Row {
  const [first = null, goal = null] = budget ?? [];
  const meets = (bound: number | null) => bound !== null && (better === 'lower' ? figure <= bound : figure >= bound);
  const missed = first === null ? 'none' : 'missed';
  return { work, database: 'chromium', figure, unit, floor: null, first, goal, better, met: meets(goal) ? 'goal' : meets(first) ? 'first' : missed };
}

const number = (value: number | null) => (value === null ? '' : String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toFixed(2))));

const words = { goal: 'goal', first: 'first', missed: 'MISSED', none: '' };

export function table(rows: Row[]): string {
  const line = ({ work, figure, unit, first, goal, met }: Row) => `| ${[work, number(figure), unit, number(first), number(goal), words[met]].join(' | ')} |`;
  return ['| work | figure | unit | first | goal | met |', '|---|--:|---|--:|--:|---|', ...rows.map(line), ''].join('\n');
}

/** The value below which `share` of the samples lie. */
export function percentile(samples: number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.round((sorted.length - 1) * share))] ?? NaN;
}

export const median = (samples: number[]) => percentile(samples, 0.5);
