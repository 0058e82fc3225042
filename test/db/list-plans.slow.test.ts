import { describeListPlans } from './support/list-plans';

describeListPlans({ rows: 1_000_000, freePlanner: true });
