/** Runs work while the clock of this process is wrong by this many milliseconds. */
export async function withClockOff<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const { now } = Date;
  const spy = jest.spyOn(Date, 'now').mockImplementation(() => now() + ms);
  try {
    return await work();
  } finally {
    spy.mockRestore();
  }
}
