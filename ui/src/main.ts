import { mount } from 'svelte';
import App from './App.svelte';
import { learn, wished } from './lib/text/index.svelte';
import './tokens.css';
import './base.css';

const target = document.getElementById('rolecall');
// Where the system's language is known to be German nothing is drawn before its words are there.
if (target) void learn(wished()).then(() => mount(App, { target }));
