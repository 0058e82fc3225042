import { describeWith } from '../support/required-tool';
import { testRestarts } from './support/restarts';

describeWith({ command: 'python3', package: 'python3-minimal' })('in Python', () =>
  testRestarts('python', 200),
);
