const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls a function once when the operator ends the command, with Ctrl-C or a signal. The next signal ends the process at once.
 * @returns a function that stops waiting for signals
 */
export function onInterrupt(stop: () => void): () => void {
  const release = (): void => {
    for (const signal of SIGNALS) process.off(signal, handle);
  };
  const handle = (): void => {
    release();
    stop();
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return release;
}
