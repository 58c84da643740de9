// A section that opens and closes. What is closed is not drawn: a page may have thousands.
import { IconChevronRight } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import classes from './fold.module.css';

interface Props {
  readonly title: ReactNode;
  /** Of the heading. */
  readonly level?: 2 | 3 | 4;
  readonly opened: boolean;
  readonly onToggle: () => void;
  /** Beside the title, and not part of the button. */
  readonly aside?: ReactNode;
  /** Drawn as a line at the left. */
  readonly tone?: 'good' | 'bad' | 'odd' | 'quiet';
  readonly children: ReactNode;
}

export function Fold({ title, level = 2, opened, onToggle, aside, tone, children }: Props) {
  const id = useId();
  const Heading = `h${level}` as const;
  return (
    <section className={classes.fold} data-tone={tone} data-opened={opened || undefined}>
      <div className={classes.head}>
        <Heading className={classes.heading}>
          <button
            type="button"
            className={classes.toggle}
            aria-expanded={opened}
            aria-controls={opened ? id : undefined}
            onClick={onToggle}
          >
            <IconChevronRight size={16} className={classes.chevron} aria-hidden />
            {title}
          </button>
        </Heading>
        {aside !== undefined && <div className={classes.aside}>{aside}</div>}
      </div>
      {opened && (
        <div id={id} className={classes.content}>
          {children}
        </div>
      )}
    </section>
  );
}
