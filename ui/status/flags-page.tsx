import { PageHead } from '../components/page-head.tsx';

export default function Page() {
  return <PageHead title="flags" />;
}
