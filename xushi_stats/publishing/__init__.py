"""From an executed notebook to what is published: pages, attachments, bundle."""
