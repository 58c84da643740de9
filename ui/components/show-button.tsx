import classes from './show-button.module.css';

interface Props {
  /** What it shows: "the relabelling steps". */
  readonly what: string;
  /** What of, for those who do not see where the button stands. */
  readonly of: string;
  readonly shown: boolean;
  readonly onToggle: () => void;
}

/** Shows and hides the details of a row. A plain element: it stands in long lists. */
export function ShowButton({ what, of, shown, onToggle }: Props) {
  return (
    <button type="button" className={classes.button} aria-expanded={shown} onClick={onToggle}>
      {shown ? 'Hide' : 'Show'} {what}
      <span className={classes.unseen}> of {of}</span>
    </button>
  );
}
