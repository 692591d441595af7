import { expect, test } from 'vitest';

import { createScreen } from '../../../lib/cli/screen.ts';
import { createFakeIo } from './fake-io.ts';

test('a block is drawn over the one before, as high as that one was', () => {
  using io = createFakeIo({ size: { columns: 80, rows: 24 } });
  const screen = createScreen(io);
  screen.draw(['one', 'two']);
  expect(io.taken().out).toBe('\r\u001b[0Jone\ntwo\n');
  screen.draw(['three']);
  expect(io.taken().out).toBe('\u001b[2A\r\u001b[0Jthree\n');
});

test('what is said stays above the block', () => {
  using io = createFakeIo({ size: { columns: 80, rows: 24 } });
  const screen = createScreen(io);
  screen.draw(['block']);
  io.taken();
  screen.say('news');
  expect(io.taken().out).toBe('\u001b[1A\r\u001b[0Jnews\nblock\n');
});

test('a block never wraps or scrolls, or its place could not be found again', () => {
  using io = createFakeIo({ size: { columns: 5, rows: 3 } });
  createScreen(io).draw(['longer than five', 'b', 'c', 'd']);
  expect(io.taken().out).toBe('\r\u001b[0Jlong…\nb\n');
});

test('without a terminal lines follow each other untouched', () => {
  using io = createFakeIo();
  const screen = createScreen(io);
  screen.draw(['a'.repeat(200)]);
  screen.draw(['b']);
  expect(io.taken().out).toBe(`${'a'.repeat(200)}\nb\n`);
});
