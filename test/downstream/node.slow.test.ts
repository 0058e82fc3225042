import { testRestarts } from './support/restarts';

testRestarts('node', 1000);
