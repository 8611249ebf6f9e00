import { type Frame, type FrameLocator, type Locator, type Page } from 'playwright';
import { expect } from 'vitest';

/** The first player of a page or frame, by its roles and names alone. */
export interface PlayerHandle {
  button: (name: string) => Locator;
  slider: Locator;
  /** Steps done. */
  position: () => Promise<number>;
  /** Steps there are. */
  steps: () => Promise<number>;
}

export function playerOf(scope: Page | Frame | FrameLocator): PlayerHandle {
  const toolbar = scope.getByRole('toolbar', { name: 'Player' }).first();
  const slider = toolbar.getByRole('slider', { name: 'Step' });
  return {
    button: (name) => toolbar.getByRole('button', { name, exact: true }),
    slider,
    position: async () => Number(await slider.inputValue()),
    steps: async () => Number(await slider.getAttribute('max')),
  };
}

/** The player once the worker has its run: then it can be moved. */
export async function livePlayer(scope: Page | Frame | FrameLocator): Promise<PlayerHandle> {
  const player = playerOf(scope);
  await player.slider.waitFor();
  await expect.poll(() => player.slider.isEnabled(), { timeout: 30_000 }).toBe(true);
  return player;
}

/** To the start and one step on: so a test sees that the engine answers. */
export async function stepOnce(player: PlayerHandle): Promise<void> {
  await player.slider.press('Home');
  await expect.poll(player.position).toBe(0);
  await player.button('Forward').click();
  await expect.poll(player.position).toBe(1);
}
