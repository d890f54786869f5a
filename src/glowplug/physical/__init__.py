"""What of an optimised plan runs where: rules that make the stages explicit that are not the kernel's."""
