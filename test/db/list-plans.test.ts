import { describeListPlans } from './support/list-plans';

describeListPlans({ rows: 20_000, freePlanner: false });
