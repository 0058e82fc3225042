import { createElement } from 'react';
import { renderFrame, shareContent } from '../../src/web/admin/live';

it('renders content once for all viewers while the figures are the same', async () => {
  let renders = 0;
  const Counting = ({ value }: { value: number }) =>
    createElement('p', null, `${value}, rendered ${++renders}`);
  let figures = { value: 1 };
  const read = shareContent(() => Promise.resolve(figures), Counting);
  const [first, second] = [await read(), await read()].map(({ content }) => renderFrame(content));
  figures = { value: 2 };
  const third = renderFrame((await read()).content);
  expect([first, second, third]).toEqual([
    'data: "<p>1, rendered 1</p>"\n\n',
    'data: "<p>1, rendered 1</p>"\n\n',
    'data: "<p>2, rendered 2</p>"\n\n',
  ]);
});
