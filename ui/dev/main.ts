// The window with a make-believe backend: `?scene=NAME&lang=de&theme=dark&page=settings&now=2026-11-23T10:30:20`.
import { install } from './backend';
import { SCENES } from './scenes';

const wish = new URLSearchParams(location.search);
const scene = SCENES[wish.get('scene') ?? 'one'] ?? SCENES.one;
if (!scene) throw new Error('no such scene');
install(scene(), {
  language: wish.get('lang') === 'de' ? 'de' : wish.get('lang') === 'en' ? 'en' : 'system',
  theme: wish.get('theme') === 'dark' ? 'dark' : wish.get('theme') === 'light' ? 'light' : 'system',
  turn: wish.get('page'),
  profile: wish.get('profile'),
});
await import('../src/main');
