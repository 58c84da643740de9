// A link to another server's page. Its address was told by that server or stands in a configuration, so it is looked at first.
import { Anchor, type AnchorProps } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { webUrl } from '../format/web-url.ts';

interface Props extends AnchorProps {
  readonly href: string;
  readonly children: ReactNode;
}

/** Nothing where the address leads to no page. Opens beside this page, and does not say where it came from. */
export function OutsideLink({ href, children, ...props }: Props) {
  if (webUrl(href) === null) return null;
  return (
    <Anchor href={href} target="_blank" rel="noreferrer" {...props}>
      {children}
      {'\u00a0'}
      <IconExternalLink size="0.9em" aria-label="(opens a new tab)" style={{ verticalAlign: '-0.1em' }} />
    </Anchor>
  );
}
