import { describeNextStep } from '../lib/next-step';
import type { ShownApplication } from './backend/backend';

/** Returns what to do about an application without a conversation, in one line; null if there is nothing to do. */
export function describeAdvice({ application, nextStep }: ShownApplication): string | null {
  if (nextStep === null) return null;
  const { text, command } = describeNextStep(application, nextStep);
  return command === null ? text : `${text} \`${command}\``;
}
