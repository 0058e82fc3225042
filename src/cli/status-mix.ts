import { InvalidArgumentError } from 'commander';
import type { StatusMix } from '../conversations/sample-applications';
import { CONVERSATION_STATUSES } from '../lib/domain';
import { ChoicesOption, parseChoice } from './options';

const EXAMPLE = 'CREATED=70,ONGOING=20,COMPLETED=10';
const WEIGHT = /^[1-9]\d{0,5}$/;

const parseStatus = parseChoice(CONVERSATION_STATUSES);

function addPart(mix: Partial<StatusMix>, part: string): Partial<StatusMix> {
  const [name = '', weight, ...rest] = part.split('=');
  const status = parseStatus(name);
  if (weight !== undefined && (rest.length > 0 || !WEIGHT.test(weight.trim())))
    throw new InvalidArgumentError(
      `The weight of ${status} must be a whole number from 1 to 999999, as in ${EXAMPLE}.`,
    );
  if (mix[status] !== undefined)
    throw new InvalidArgumentError(`${status} is named twice: name each status once, as in ${EXAMPLE}.`);
  return { ...mix, [status]: Number(weight ?? 1) };
}

/** Parses `CREATED=70,ONGOING=20,COMPLETED=10`, or names without weights, which all have the same one. */
function parseStatusMix(value: string, previous: StatusMix | undefined): StatusMix {
  const parts = value.split(',');
  const weighted = parts.filter((part) => part.includes('='));
  if (previous || (weighted.length > 0 && weighted.length < parts.length))
    throw new InvalidArgumentError(`Expected a weight for each status in one list, as in ${EXAMPLE}.`);
  const mix = parts.reduce<Partial<StatusMix>>(addPart, {});
  return { CREATED: 0, ONGOING: 0, COMPLETED: 0, ...mix };
}

/** Returns `--status` of `conv seed`: one status, or several with weights. */
export const statusMixOption = () =>
  new ChoicesOption(
    '--status <mix>',
    `Statuses of the conversations, with weights such as ${EXAMPLE}, or one alone`,
    CONVERSATION_STATUSES,
  ).argParser(parseStatusMix);
