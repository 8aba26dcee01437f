// What a sticker is made of. Every shape is drawn twice: first all of them in white and a little larger, which gives the
// sticker its cut edge and lets it stand on any background; then in their colours.

export const ember = '#c2410c';
export const flame = '#f0813f';
export const glow = '#ffd3ab';
export const cream = '#fff6ec';
export const ink = '#2b1a10';
export const wood = '#6b4630';
export const green = '#0f7b4a';
export const red = '#c01c1c';
export const sky = '#7fa6bd';

const EDGE = 7;

/** A shape: `edge` in white, `body` in colour. */
const shape = (tag, geometry, { fill = 'none', stroke, width = 0, edge = true, extra = '' } = {}) => ({
  edge: edge ? `<${tag} ${geometry} ${extra}fill="${fill === 'none' ? 'none' : '#fff'}" stroke-width="${(stroke ? width : 0) + EDGE}"/>` : '',
  body: `<${tag} ${geometry} ${extra}fill="${fill}"${stroke ? ` stroke="${stroke}" stroke-width="${width}"` : ''}/>`,
});

export const path = (d, style) => shape('path', `d="${d}"`, style);
export const circle = (x, y, r, style) => shape('circle', `cx="${x}" cy="${y}" r="${r}"`, style);
export const oval = (x, y, rx, ry, style) => shape('ellipse', `cx="${x}" cy="${y}" rx="${rx}" ry="${ry}"`, style);
export const box = (x, y, w, h, r, style) => shape('rect', `x="${x}" y="${y}" width="${w}" height="${h}" rx="${r}"`, style);
export const line = (d, stroke, width, style) => path(d, { stroke, width, ...style });

/** Small marks on something that already has its edge. */
export const mark = (d, stroke, width) => line(d, stroke, width, { edge: false });
export const spot = (x, y, r, fill) => circle(x, y, r, { fill, edge: false });

const FONT = "font-family=\"'Hiragino Sans','Hiragino Kaku Gothic ProN','Noto Sans JP','Noto Sans CJK JP','Yu Gothic UI',Meiryo,sans-serif\" font-weight=\"800\" text-anchor=\"middle\"";

export const letters = (text, x, y, size, fill = ink, edge = true) => ({
  edge: edge ? `<text x="${x}" y="${y}" font-size="${size}" ${FONT} fill="#fff" stroke-width="${EDGE + 2}">${text}</text>` : '',
  body: `<text x="${x}" y="${y}" font-size="${size}" ${FONT} fill="${fill}">${text}</text>`,
});

/** Several shapes moved together. */
export const moved = (transform, ...shapes) => {
  const all = shapes.flat(Infinity);
  return { edge: `<g transform="${transform}">${all.map((each) => each.edge).join('')}</g>`, body: `<g transform="${transform}">${all.map((each) => each.body).join('')}</g>` };
};

/** The whole picture. */
export const picture = (...shapes) => {
  const all = shapes.flat(Infinity);
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 180 180" stroke-linecap="round" stroke-linejoin="round">',
    `<g stroke="#fff">${all.map((each) => each.edge).join('')}</g>`,
    all.map((each) => each.body).join(''),
    '</svg>',
  ].join('\n') + '\n';
};
