"""What is pending, where it stands, and what must wait for it: wires, places, holds, ledger."""
