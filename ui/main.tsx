// The entry of the web application.
import '@mantine/core/styles.css';
import './app/page.css';
import { createRoot } from 'react-dom/client';
import { Application } from './app/application.tsx';
import { noteDocument } from './server/clock.ts';

noteDocument();

createRoot(document.getElementById('root')!).render(<Application />);
