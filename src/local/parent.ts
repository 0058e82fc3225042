const LOOK_MS = 1_000;

/**
 * Resolves when the process that started us has ended, however it did. A killed `npm` sends no signal and shares no
 * channel with us, so the only sign is that we have another parent. Does not keep the process alive.
 */
export function parentGone(): Promise<void> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      resolve();
    }, LOOK_MS);
    timer.unref();
  });
}
