// Draws the growth series as one SVG: a panel for each kind of growth, both axes logarithmic, lines labelled where they end.

const WIDTH = 420;
const HEIGHT = 270;
const PLOT = { left: 52, right: 84, top: 48, bottom: 46 };
/** In this order; readable on the light card and on the dark one. */
const DATABASES = [
  { key: 'sqlite', label: 'SQLite', class: 'a' },
  { key: 'postgres', label: 'PostgreSQL', class: 'b' },
];

const STYLE = `
  .card { fill: #ffffff; } text { fill: #1f2328; font: 12px system-ui, sans-serif; } .small { fill: #59636e; font-size: 11px; }
  .title { font-weight: 600; font-size: 13px; } .grid { stroke: #d1d9e0; } .line { fill: none; stroke-width: 2; }
  .a { stroke: #0b5cad; fill: #0b5cad; } .b { stroke: #a2460a; fill: #a2460a; } .line.a, .line.b { fill: none; } text.a, text.b { stroke: none; }
  @media (prefers-color-scheme: dark) {
    .card { fill: #0d1117; } text { fill: #f0f6fc; } .small { fill: #9198a1; } .grid { stroke: #3d444d; }
    .a { stroke: #6cb0ff; fill: #6cb0ff; } .b { stroke: #f0a35e; fill: #f0a35e; }
  }`;

const PANELS = [
  { work: 'a message', unit: 'µs of CPU', by: 'messages in its room' },
  { work: 'a message', unit: 'µs of CPU', by: 'people in its tenant' },
  { work: 'a room in the whole list', unit: 'µs of CPU', by: 'rooms that one is in' },
  { work: 'a greeting', unit: 'ms', by: 'changes missed' },
];

const short = (value) => (value >= 1e6 ? `${value / 1e6}M` : value >= 1e3 ? `${value / 1e3}k` : String(value));
const figure = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(2));
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const exponents = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A logarithmic axis over whole powers of ten; nothing (0) stands one power before the smallest. */
function axis(values, from, to, least = 1) {
  const some = values.filter((value) => value > 0);
  const none = some.length < values.length;
  const low = Math.floor(Math.log10(Math.min(...some)) + 1e-9) - (none ? 1 : 0);
  const high = Math.max(Math.ceil(Math.log10(Math.max(...some)) - 1e-9), low + least);
  const at = (value) => from + ((value > 0 ? Math.log10(value) : low) - low) / (high - low) * (to - from);
  const name = (exponent) => (none && exponent === low ? '0' : short(10 ** exponent));
  return { at, ticks: exponents(low, high).map((exponent) => ({ at: at(10 ** exponent), name: name(exponent) })) };
}

function panel({ work, unit, by }, series, left, top) {
  const lines = DATABASES.map((database) => ({ ...database, points: series.find((one) => one.database === database.key)?.points ?? [] }))
    .filter(({ points }) => points.length > 0);
  const all = lines.flatMap(({ points }) => points);
  if (all.length === 0) return '';
  const x = axis(all.map(([size]) => size), PLOT.left, WIDTH - PLOT.right);
  const y = axis(all.map(([, cost]) => cost), HEIGHT - PLOT.bottom, PLOT.top, 2);
  const grid = y.ticks.map(({ at, name }) =>
    `<line class="grid" x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${at}" y2="${at}"/><text class="small" x="${PLOT.left - 6}" y="${at + 4}" text-anchor="end">${name}</text>`);
  const ticks = x.ticks.map(({ at, name }) => `<text class="small" x="${at}" y="${HEIGHT - PLOT.bottom + 18}" text-anchor="middle">${name}</text>`);
  return `<g transform="translate(${left} ${top})">
<text class="title" x="12" y="22">${capital(work)}</text><text class="small" x="12" y="38">${unit}</text>
${[...grid, ...ticks].join('\n')}
<text class="small" x="${(PLOT.left + WIDTH - PLOT.right) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${by}</text>
${lines.map((line) => drawn(line, lines, x, y)).join('\n')}
</g>`;
}

/** A line, its points, its first and last figures, and its name. */
function drawn(line, lines, x, y) {
  const places = line.points.map(([size, cost]) => [x.at(size).toFixed(1), y.at(cost).toFixed(1)]);
  const end = y.at(line.points.at(-1)[1]);
  const others = lines.find((one) => one !== line)?.points;
  const other = others?.at(-1)[1];
  // Two names that end close to each other make room.
  const gap = other === undefined ? 100 : end - y.at(other);
  const label = Math.abs(gap) >= 28 ? end : end + (gap < 0 ? -1 : 1) * (14 - Math.abs(gap) / 2);
  const above = others === undefined || line.points[0][1] >= others[0][1];
  return `<polyline class="line ${line.class}" points="${places.map((place) => place.join(',')).join(' ')}"/>
${places.map(([px, py]) => `<circle class="${line.class}" cx="${px}" cy="${py}" r="2.5"/>`).join('')}
<text class="small" x="${places[0][0]}" y="${Number(places[0][1]) + (above ? -8 : 16)}" text-anchor="middle">${figure(line.points[0][1])}</text>
<text class="${line.class}" x="${WIDTH - PLOT.right + 8}" y="${(label + 1).toFixed(1)}">${line.label}</text>
<text class="small" x="${WIDTH - PLOT.right + 8}" y="${(label + 14).toFixed(1)}">${figure(line.points.at(-1)[1])}</text>`;
}

/** The whole picture. */
export function picture(series) {
  const panels = PANELS.map((wanted, index) => {
    const fitting = series.filter((one) => one.work === wanted.work && one.unit === wanted.unit && one.by === wanted.by);
    return panel(wanted, fitting, (index % 2) * WIDTH, Math.floor(index / 2) * HEIGHT);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${2 * HEIGHT}" role="img" aria-label="What messages, the room list and greetings cost as things grow">
<style>${STYLE}
</style>
<rect class="card" width="${2 * WIDTH}" height="${2 * HEIGHT}" rx="8"/>
${panels.join('\n')}
</svg>
`;
}
