import type { MetricSpec, Rule } from '../rule/rule.ts';
import type { Field } from './field.ts';

/**
 * A rule as it was recorded. Only its form is checked, since a rule is recorded after it was found
 * valid: every attribute that steps reach into is there and of its kind.
 *
 * An attribute that a later release gave to rules is absent in older records, and absent must mean
 * what was done before there was one; where undefined does not mean it, the default goes in here.
 */
export function readRecordedRule(rule: Field): Rule {
  for (const key of ['id', 'min', 'max']) rule.get(key).text();
  for (const key of ['interval', 'idle', 'rebalanceHold']) rule.get(key).number();
  for (const key of ['scaleUp', 'scaleDown']) readPaceForm(rule.get(key));
  for (const key of ['up', 'down']) rule.get('tolerance').get(key).number();
  rule.get('wanted').mapped((range) => {
    for (const end of ['min', 'max']) range.get(end).optional()?.text();
  });
  rule.get('windows').list((window) => {
    window.get('zone').text();
    window.get('except').list((date) => date.text());
    window.get('days').list((day) => day.text());
    for (const key of ['from', 'to', 'ramp']) window.get(key).number();
  });
  rule.get('smoothing').optional()?.get('halfLife').number();
  rule.get('fallback').optional()?.get('after').number();
  rule.get('override').optional()?.get('until').number();
  const target = rule.get('target');
  target.get('name').text();
  return {
    ...(rule.raw() as Rule),
    workload: undefined,
    metrics: rule.get('metrics').mapped(readSpec),
  };
}

function readPaceForm(pace: Field): void {
  for (const key of ['stabilization', 'cooldown']) pace.get(key).number();
  pace.get('select').oneOf(['max', 'min', 'disabled']);
  pace.get('policies').list((policy) => {
    policy.get('kind').oneOf(['pods', 'percent']);
    for (const key of ['value', 'period']) policy.get(key).number();
  });
}

function readSpec(spec: Field): MetricSpec {
  spec.get('kind').text();
  spec.get('connection').text();
  spec.get('maxAge').number();
  spec.get('figures').list((figure) => figure.text());
  spec.get('value').optional()?.text();
  return { ...(spec.raw() as MetricSpec), options: {} };
}
