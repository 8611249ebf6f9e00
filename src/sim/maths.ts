export { pow } from './maths/power';
export { asin, cos, sin } from './maths/trigonometry';
export { exp, log } from './maths/exponential';
