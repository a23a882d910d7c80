import { Home } from '@/features/auth/home';

export default function HomePage() {
  return <Home />;
}
