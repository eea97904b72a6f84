import { mount } from 'svelte';
import App from './App.svelte';
import './tokens.css';
import './base.css';

const target = document.getElementById('rolecall');
if (target) mount(App, { target });
