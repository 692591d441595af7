/**
 * Go writes the shape of a date as the date 2006-01-02 15:04:05 -0700 would be shown. A layout is
 * cut into those marks and the text between them.
 */
export type LayoutPart =
  | { readonly mark: string; readonly text?: undefined }
  | { readonly text: string; readonly mark?: undefined };

/** Every mark, longer ones before those they begin with. A name before a small letter is just text. */
const MARKS = new RegExp(
  [
    'January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST',
    '2006|__2|_2|002|0[1-6]|15|PM|pm',
    '[-Z]07:00:00|[-Z]070000|[-Z]07:00|[-Z]0700|[-Z]07',
    '[.,]0+(?!\\d)|[.,]9+(?!\\d)|[1-5]',
  ].join('|'),
  'gu',
);

export function layoutParts(layout: string): readonly LayoutPart[] {
  const parts: LayoutPart[] = [];
  let end = 0;
  for (const match of layout.matchAll(MARKS)) {
    if (match.index > end) parts.push({ text: layout.slice(end, match.index) });
    // `_2006` is an underscore before a year, not a padded day.
    const padded = match[0] === '_2' && layout.startsWith('_2006', match.index);
    if (padded) {
      parts.push({ text: '_' });
      end = match.index + 1;
      parts.push({ mark: '2006' });
      end += 4;
    } else if (match.index >= end) {
      parts.push({ mark: match[0] });
      end = match.index + match[0].length;
    }
  }
  if (end < layout.length) parts.push({ text: layout.slice(end) });
  return parts;
}
