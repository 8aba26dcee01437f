// What いろり holds, wears, or stands beside.
import { box, circle, cream, ember, flame, green, ink, letters, line, mark, moved, oval, path, red, sky, spot, wood } from './shapes.mjs';

export const drop = (x, y, size = 1, fill = sky) => path(`M${x} ${y}c${4 * size} ${6 * size} ${6 * size} ${8 * size} ${6 * size} ${12 * size}a${6 * size} ${6 * size} 0 0 1 ${-12 * size} 0c0 ${-4 * size} ${2 * size} ${-6 * size} ${6 * size} ${-12 * size}z`, { fill });
export const star = (x, y, s, fill = flame) => path(`M${x} ${y - s}Q${x + s * 0.2} ${y - s * 0.2} ${x + s} ${y}Q${x + s * 0.2} ${y + s * 0.2} ${x} ${y + s}Q${x - s * 0.2} ${y + s * 0.2} ${x - s} ${y}Q${x - s * 0.2} ${y - s * 0.2} ${x} ${y - s}Z`, { fill });
export const heart = (x, y, s, fill = ember) => path(`M${x} ${y + s}C${x - s * 1.6} ${y - s * 0.1} ${x - s * 0.9} ${y - s * 1.2} ${x} ${y - s * 0.4}C${x + s * 0.9} ${y - s * 1.2} ${x + s * 1.6} ${y - s * 0.1} ${x} ${y + s}Z`, { fill });

export const helmet = [
  path('M50 70C50 42 68 28 90 28C112 28 130 42 130 70Z', { fill: cream, stroke: ink, width: 2.5 }),
  path('M42 68H138Q142 68 142 73Q142 78 136 78H44Q38 78 38 73Q38 68 42 68Z', { fill: cream, stroke: ink, width: 2.5 }),
  mark('M90 40V60M80 50H100', green, 7),
];

export const sign = (inside, fill = '#fff') => [
  line('M148 92V138', wood, 6),
  circle(148, 66, 27, { fill, stroke: ink, width: 2.5 }),
  inside,
];

export const cup = [
  path('M74 112H106V130Q106 138 98 138H82Q74 138 74 130Z', { fill: '#fff', stroke: ink, width: 2.5 }),
  mark('M75 121H105', ember, 4),
];
export const steam = [line('M82 104q-4 -5 0 -10', '#b9a596', 3, { edge: false }), line('M96 104q-4 -5 0 -10', '#b9a596', 3, { edge: false })];

export const clipboard = [
  box(16, 88, 40, 50, 5, { fill: wood, stroke: ink, width: 2.5 }),
  box(21, 95, 30, 38, 2, { fill: '#fff', edge: false }),
  box(28, 84, 16, 9, 3, { fill: '#d9cfc4', stroke: ink, width: 2 }),
  mark('M27 104H45M27 113H45M27 122H39', ink, 2.5),
];
export const lens = [
  line('M146 118L158 134', wood, 8),
  circle(136, 104, 18, { fill: '#eaf4f8', stroke: ink, width: 4 }),
  mark('M127 101Q130 94 137 93', '#fff', 3.5),
];

export const paper = [
  path('M22 84H58L66 92V138H22Z', { fill: '#fff', stroke: ink, width: 2.5 }),
  mark('M58 84V92H66', ink, 2.5),
  mark('M30 99H50M30 108H58M30 117H58M30 126H48', ink, 2.5),
];

export const hourglass = [
  path('M126 92H164M126 138H164', { stroke: wood, width: 7 }),
  path('M131 94H159C159 108 149 110 149 115C149 120 159 122 159 136H131C131 122 141 120 141 115C141 110 131 108 131 94Z', { fill: '#eef5f7', stroke: ink, width: 2.5 }),
  path('M137 102H153C151 108 147 111 145 114C143 111 139 108 137 102ZM134 134C136 126 142 124 145 122C148 124 154 126 156 134Z', { fill: flame, edge: false }),
];

export const sealed = [circle(31, 104, 24, { fill: '#fff', stroke: red, width: 4 }), letters('済', 31, 114, 29, red, false)];

export const phone = [
  line('M126 66Q158 72 148 112', ink, 9),
  moved('rotate(-24 124 70)', box(113, 58, 20, 18, 6, { fill: ink })),
  moved('rotate(-8 144 114)', box(132, 104, 22, 17, 6, { fill: ink })),
];
export const waves = [line('M166 52Q176 66 174 84', ember, 4.5), line('M158 60Q164 70 163 80', ember, 4.5)];

export const desk = [
  box(14, 118, 152, 14, 4, { fill: wood }),
  box(22, 130, 136, 14, 3, { fill: '#54361f' }),
  box(30, 106, 34, 13, 2, { fill: '#fff', stroke: ink, width: 2.5 }),
  mark('M36 112H58', ember, 3),
  line('M138 118V104Q138 98 130 96', ink, 4),
  oval(127, 95, 7, 5, { fill: ink }),
];
export const speech = [path('M128 14H164Q172 14 172 22V44Q172 52 164 52H150L138 62V52H128Q120 52 120 44V22Q120 14 128 14Z', { fill: '#fff', stroke: ink, width: 2.5 }), spot(134, 33, 3.5, ink), spot(146, 33, 3.5, ink), spot(158, 33, 3.5, ink)];

export const riceBall = [
  path('M90 104C96 104 112 128 110 134Q109 139 102 139H78Q71 139 70 134C68 128 84 104 90 104Z', { fill: '#fff', stroke: ink, width: 2.5 }),
  path('M81 125H99V139H81Z', { fill: ink, edge: false }),
];
export const zzz = [letters('z', 138, 54, 22, ember), letters('z', 152, 38, 28, ember)];

export const dust = [oval(24, 136, 11, 6, { fill: '#d9cfc4' }), oval(10, 128, 6, 4, { fill: '#d9cfc4' }), line('M4 70H26M2 90H20M8 108H24', flame, 4)];
export const run = [line('M72 132C62 138 56 140 46 136', ember, 11), line('M106 132C114 142 122 144 132 140', ember, 11)];

export const pin = [path('M150 36C166 36 176 48 176 61C176 78 150 104 150 104C150 104 124 78 124 61C124 48 134 36 150 36Z', { fill: ember, stroke: ink, width: 2.5 }), spot(150, 61, 10, '#fff')];

export const warning = [path('M148 38L174 84Q176 90 170 90H126Q120 90 122 84Z', { fill: '#ffd75e', stroke: ink, width: 3.5 }), mark('M148 54V71', ink, 5.5), spot(148, 80, 3.4, ink), line('M148 94V138', wood, 6)];

export const megaphone = [
  path('M112 106L158 78V134L112 118Z', { fill: '#fff', stroke: ink, width: 2.5 }),
  path('M104 104H116V120H104Z', { fill: ember, stroke: ink, width: 2.5 }),
  line('M166 88L176 80M168 106H178M166 122L176 130', ember, 4.5),
];

export const umbrella = [
  line('M150 24V116Q150 124 142 124', wood, 5),
  path('M20 58C28 24 62 4 96 4C130 4 162 26 168 58C158 48 146 48 138 58C128 48 112 48 104 58C94 48 78 48 70 58C60 48 46 48 38 58Q28 48 20 58Z', { fill: sky, stroke: ink, width: 2.5 }),
];
export const rain = [drop(14, 78), drop(28, 108, 0.8), drop(170, 86, 0.9), drop(164, 122, 0.8), drop(12, 34, 0.8)];

const flake = (x, y, s) => line(`M${x - s} ${y}H${x + s}M${x - s / 2} ${y - s * 0.87}L${x + s / 2} ${y + s * 0.87}M${x + s / 2} ${y - s * 0.87}L${x - s / 2} ${y + s * 0.87}`, sky, 3.4);
export const snow = [flake(20, 40, 11), flake(160, 30, 12), flake(168, 84, 8), flake(14, 92, 8), flake(34, 12, 7)];
export const scarf = [path('M56 118C70 128 110 128 124 118L128 128C112 140 68 140 52 128Z', { fill: '#fff', stroke: ink, width: 2.5 }), path('M104 130L118 128L122 150L106 152Z', { fill: '#fff', stroke: ink, width: 2.5 }), mark('M68 124L66 133M84 127L83 136M100 127L101 136M114 122L117 131', ember, 4)];

export const sun = [circle(90, 84, 62, { fill: '#ffd75e' }), line('M90 12V8M38 34L34 30M142 34L146 30M18 72L12 70M162 72L168 70', '#ffd75e', 6)];
export const confetti = [
  [20, 20, ember], [40, 8, sky], [150, 12, flame], [166, 36, ember], [10, 48, flame], [172, 104, sky], [8, 108, ember],
].map(([x, y, fill], at) => (at % 2 ? circle(x, y, 4.5, { fill }) : box(x - 4, y - 4, 9, 9, 2, { fill, extra: `transform="rotate(${at * 23} ${x} ${y})" ` })));

export const headband = [path('M47 70C70 58 112 58 134 70L135 82C112 70 70 70 45 82Z', { fill: '#fff', stroke: ink, width: 2.5 }), spot(90, 67, 6, red), path('M46 74L30 66L34 80L28 90L46 82Z', { fill: '#fff', stroke: ink, width: 2.5 })];

export const bag = [line('M18 124Q18 114 27 114Q36 114 36 124', ink, 4), box(6, 122, 42, 28, 5, { fill: wood, stroke: ink, width: 2.5 }), mark('M7 134H47', ink, 2.5), box(22, 131, 10, 7, 2, { fill: flame, edge: false })];
export const moon = [path('M150 14A24 24 0 1 0 172 48A20 20 0 0 1 150 14Z', { fill: '#ffd75e' }), star(132, 18, 6, '#ffd75e')];

export const banner = [line('M146 74V138', wood, 6), box(120, 34, 54, 40, 4, { fill: '#fff', stroke: red, width: 4 }), letters('SOS', 147, 62, 23, red, false)];
