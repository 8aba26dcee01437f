// いろり, the flame of the hearth who works at the city hall: body, arms and faces.
import { box, ember, flame, glow, ink, line, mark, oval, path, spot, wood } from './shapes.mjs';

export const body = [
  path('M97 8C98 28 116 38 123 56C127 52 129 47 129 41C141 58 147 74 145 92C142 121 118 138 90 138C61 138 37 120 36 91C35 71 47 58 53 40C60 49 64 53 68 57C71 39 85 26 97 8Z', { fill: ember }),
  path('M96 34C98 50 112 58 119 72C122 70 125 67 127 63C133 74 136 84 134 96C131 118 113 130 90 130C66 130 48 117 47 94C46 80 53 70 57 60C62 66 66 69 71 71C75 56 88 48 96 34Z', { fill: flame, edge: false }),
  path('M94 62C98 74 119 82 120 101C121 119 107 129 90 129C73 129 59 118 60 100C61 85 84 78 94 62Z', { fill: glow, edge: false }),
];

/** The card that everybody wears in the house. */
export const badge = [
  mark('M76 121L88 129M104 121L92 129', ember, 2.5),
  box(80, 127, 20, 13, 3, { fill: '#fff', stroke: ink, width: 2, edge: false }),
  mark('M84 132H96M84 136H92', ember, 2),
];

/** Where it lives: a wooden frame around warm ash. */
export const hearth = [
  path('M42 128H138L146 146H34Z', { fill: wood }),
  path('M50 130H130L134 139H46Z', { fill: '#e9d9c9', edge: false }),
];

export const feet = [oval(74, 141, 11, 6, { fill: ember }), oval(106, 141, 11, 6, { fill: ember })];

const limb = (d) => line(d, ember, 11);

export const arms = {
  down: [limb('M42 104C34 108 32 114 32 120'), limb('M138 104C146 108 148 114 148 120')],
  left: limb('M42 104C34 108 32 114 32 120'),
  right: limb('M138 104C146 108 148 114 148 120'),
  up: [limb('M42 98C30 92 24 80 22 66'), limb('M138 98C150 92 156 80 158 66')],
  leftUp: limb('M42 98C30 92 24 80 22 66'),
  rightUp: limb('M138 98C150 92 156 80 158 66'),
  salute: limb('M139 102C160 98 158 82 124 80'),
  joined: [limb('M43 112C54 128 72 132 85 125'), limb('M137 112C126 128 108 132 95 125')],
  ring: [limb('M43 94C20 60 40 16 84 12'), limb('M137 94C160 60 140 16 96 12')],
  leftHolds: limb('M42 106C44 118 56 122 64 118'),
  rightHolds: limb('M138 106C136 118 124 122 116 118'),
  rightOut: limb('M138 102C150 104 158 100 164 94'),
  leftOut: limb('M42 102C30 104 22 100 16 94'),
  chin: limb('M139 108C138 122 122 124 112 118'),
};

const cheeks = [oval(67, 109, 6, 4, { fill: '#f7a06c', edge: false }), oval(113, 109, 6, 4, { fill: '#f7a06c', edge: false })];
const eyePair = (draw) => [draw(77), draw(103)].flat();

export const eyes = {
  open: eyePair((x) => [oval(x, 98, 4.6, 6.4, { fill: ink, edge: false }), spot(x + 1.6, 95.4, 1.7, '#fff')]),
  happy: eyePair((x) => mark(`M${x - 7} 100Q${x} 91 ${x + 7} 100`, ink, 3.4)),
  shut: eyePair((x) => mark(`M${x - 7} 96Q${x} 103 ${x + 7} 96`, ink, 3.4)),
  tight: [mark('M70 93L82 98L70 103', ink, 3.4), mark('M110 93L98 98L110 103', ink, 3.4)],
  aside: eyePair((x) => [oval(x, 98, 7, 7.5, { fill: '#fff', stroke: ink, width: 2, edge: false }), spot(x + 2.6, 96, 3.6, ink)]),
  down: eyePair((x) => [oval(x, 98, 7, 7.5, { fill: '#fff', stroke: ink, width: 2, edge: false }), spot(x, 101, 3.6, ink)]),
  firm: [...eyePair((x) => [oval(x, 99, 4.6, 6, { fill: ink, edge: false }), spot(x + 1.6, 96.6, 1.6, '#fff')]), mark('M70 88L83 91M110 88L97 91', ink, 3)],
};

export const mouths = {
  smile: mark('M82 108Q90 116 98 108', ink, 3.2),
  open: [path('M80 107H100Q99 121 90 121Q81 121 80 107Z', { fill: ink, edge: false }), oval(90, 117.5, 5, 3, { fill: '#f7a06c', edge: false })],
  small: mark('M85 110Q90 113 95 110', ink, 3),
  flat: mark('M83 111H97', ink, 3.2),
  wave: mark('M80 111Q84 107 88 111T96 111T101 110', ink, 3),
  o: oval(90, 112, 4.5, 5.5, { fill: ink, edge: false }),
  frown: mark('M82 114Q90 107 98 114', ink, 3.2),
};

export const face = (look, says, { cheek = true } = {}) => [...(cheek ? cheeks : []), ...eyes[look], mouths[says]].flat();
