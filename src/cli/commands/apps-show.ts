import { Command } from 'commander';
import type { ApplicationView } from '../../lib/domain';
import type { Database } from '../../models/connect';
import { printNotice, type Io } from '../io';
import { outputOption } from '../options';
import { printRecord, type Format } from '../output';
import { withDatabase, withQueue } from '../stores';

/** Returns an application. While Redis is unavailable, it is the outcome in PostgreSQL, with a notice unless it is final. */
async function findApplication(io: Io, database: Database, id: string): Promise<ApplicationView> {
  const applications = await import('../../applications/find');
  const outcome = await applications.findOutcome(database, id);
  if (outcome?.status === 'ACCEPTED') return outcome;
  const { application, outage } = await applications.findDespiteQueueOutage(database, id, () =>
    withQueue(io, (queue) => applications.findApplication(database, queue, id)),
  );
  if (outage)
    printNotice(io, `${outage.detail}; this is the outcome in PostgreSQL, which a replay may be replacing`);
  return application;
}

async function show(io: Io, id: string, output: Format): Promise<void> {
  const { findDismissal } = await import('../../applications/dismiss');
  const { describeNextStep } = await import('../../applications/next-step');
  const { application, dismissal, nextStep } = await withDatabase(io, async (database) => {
    const application = await findApplication(io, database, id);
    const dismissal = await findDismissal(database, id);
    // The other formats have the fields of the API only.
    const nextStep = output === 'table' ? await describeNextStep(database, application) : null;
    return { application, dismissal, nextStep };
  });
  await printRecord(io, { ...application, ...dismissal }, output);
  if (nextStep)
    printNotice(io, nextStep.command ? `${nextStep.text} \`${nextStep.command}\`` : nextStep.text);
}

/** Returns `conv apps show`. */
export function showApplicationCommand(io: Io): Command {
  return new Command('show')
    .description('Show one application, waiting or processed, and what to do if it has no conversation')
    .argument('<id>', 'Id of the application, as its sender chose it')
    .addOption(outputOption())
    .action((id: string, flags: { output: Format }) => show(io, id, flags.output));
}
