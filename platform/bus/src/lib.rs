//! Subscriptions: how a service hears its neighbours' journals.
