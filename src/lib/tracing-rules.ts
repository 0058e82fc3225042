import * as yup from 'yup';
import { url } from './setting-rules';

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
];

const isPair = (part: string) => part.indexOf('=') > 0;

/** The message names no value, because headers hold credentials. */
const pairs = () =>
  yup
    .string()
    .test(
      'pairs',
      'must be NAME=VALUE, several separated by commas',
      (value?: string) => value === undefined || value.split(',').every(isPair),
    );

/**
 * The rules of OpenTelemetry's variables, of which only the endpoint is read by conv: its libraries read them themselves, and
 * replace an invalid one by a default without an error.
 */
export const TRACING_RULES = {
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http:', 'https:').optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: yup
    .string()
    .oneOf(
      ['http/json', 'http/protobuf'],
      'must be http/json: conv sends OTLP over HTTP, usually to port 4318, not gRPC',
    ),
  OTEL_EXPORTER_OTLP_HEADERS: pairs(),
  OTEL_RESOURCE_ATTRIBUTES: pairs(),
  OTEL_TRACES_SAMPLER: yup.string().oneOf(SAMPLERS),
  OTEL_TRACES_SAMPLER_ARG: yup.number().min(0).max(1),
};
