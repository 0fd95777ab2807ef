//! Operator alerts and donation messages over a Discord webhook.
